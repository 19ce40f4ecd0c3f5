//! schemathesis, which reads the OpenAPI documents that a node serves and asks it everything they allow, and more.

mod tool;

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::authority;
use crate::conformance::report::Report;
use crate::engine::Engine;
use crate::federation::Federation;
use crate::flow::{PURPOSE, closed};
use crate::temporary::Folder;

/// Operations that are left out, with their reason.
const LEFT_OUT: [(&str, &str); 2] = [
    ("/api/v1/members/self/retire", "ends the member: every later answer would be the same refusal"),
    ("/api/v1/members/self/keys", "each call makes keys: thousands of them prove nothing"),
];

/// Runs it against both documents of a node, for so long each.
///
/// # Errors
/// It cannot be had or started.
pub async fn run(seconds: u64) -> Result<Report, String> {
    let tool = tokio::task::spawn_blocking(tool::installed).await.map_err(|e| e.to_string())??;
    let kit = format!("schemathesis {}", tool::VERSION);
    let mut report = Report::new("OpenAPI", &kit, String::new(), 2);
    LEFT_OUT.iter().for_each(|(path, why)| report.exclude(path, why));
    let federation = Federation::start(Engine::Sqlite, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let agreement = epci.contract(&eau, &dataset, PURPOSE).await;
    epci.transfer(&agreement, PURPOSE).await;
    let folder = Folder::named("schemathesis");
    folder.write("checks.py", include_str!("checks.py"));
    let root = folder.write("authority.pem", authority::root());
    for (name, document, token) in
        [("public", "/openapi.json", None), ("management", "/api/v1/openapi.json", Some(&eau.token))]
    {
        let served = eau.public(document).await;
        let mut description = served.json();
        description["servers"] = json!([{"url": eau.base}]);
        let file = folder.write(&format!("{name}.json"), description.to_string());
        let asked = Asked { base: &eau.base, file: &file, root: &root, token, seconds };
        let (passed, said) = ask(&tool, folder.path(), &asked).await?;
        report.line(name.to_owned(), passed, (!passed).then_some(said));
    }
    Ok(report)
}

struct Asked<'a> {
    base: &'a str,
    file: &'a Path,
    root: &'a Path,
    token: Option<&'a String>,
    seconds: u64,
}

async fn ask(tool: &Path, folder: &Path, asked: &Asked<'_>) -> Result<(bool, String), String> {
    let mut command = tokio::process::Command::new(tool);
    command
        .current_dir(folder)
        .env("SCHEMATHESIS_HOOKS", "checks")
        .env("PYTHONPATH", folder)
        .kill_on_drop(true);
    command.arg("run").arg(asked.file).args(["--url", asked.base, "--checks", "chosen", "--no-color"]);
    command.arg("--tls-verify").arg(asked.root);
    // The same questions in every run; those of one operation end before the budget of all is spent.
    command.args(["--phases", "examples,coverage,fuzzing", "--max-examples", "25", "--seed", "2026"]);
    command.args(["--generation-database", "none", "--max-time", &asked.seconds.to_string()]);
    command.args(["--request-timeout", "30", "--continue-on-failure", "--warnings", "off"]);
    command.args(["--suppress-health-check", "all", "--workers", "2"]);
    if let Some(token) = asked.token {
        command.args(["-H", &format!("Authorization: Bearer {token}")]);
    }
    for (path, _) in LEFT_OUT {
        command.args(["--exclude-path", path]);
    }
    let patience = Duration::from_secs(asked.seconds * 3 + 120);
    let ended = tokio::time::timeout(patience, command.output()).await;
    let ended = ended.map_err(|_| format!("schemathesis did not end within {patience:?}"))?;
    let ended = ended.map_err(|e| format!("{}: {e}", tool.display()))?;
    let said = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    // It must have asked something: a document that it cannot read is no success.
    let asked_something = said.contains("Test cases") || said.contains("test cases");
    Ok((ended.status.success() && asked_something, said))
}

import java.io.FileReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Properties;
import java.util.regex.Pattern;

import org.eclipse.dataspacetck.core.system.ConsoleMonitor;
import org.eclipse.dataspacetck.dps.system.DpsSystemLauncher;
import org.eclipse.dataspacetck.runtime.ConsoleResultWriter;
import org.eclipse.dataspacetck.runtime.TckRuntime;

/** Runs the cases named: java Launch.java FILE.properties CASE... */
class Launch {
    private static final Pattern CASE = Pattern.compile("^([A-Z_]+:[0-9]+-[0-9]+):.*");

    public static void main(String... arguments) throws Exception {
        var file = new Properties();
        try (var reader = new FileReader(arguments[0])) {
            file.load(reader);
        }
        var properties = new HashMap<String, String>();
        file.forEach((name, value) -> properties.put((String) name, (String) value));
        var cases = Arrays.asList(arguments).subList(1, arguments.length);
        var monitor = new ConsoleMonitor(Boolean.parseBoolean(properties.get("dataspacetck.debug")), false);
        var runtime = TckRuntime.Builder.newInstance()
                .properties(properties)
                .launcher(DpsSystemLauncher.class)
                .addPackage("org.eclipse.dataspacetck.dps.verification")
                .monitor(monitor)
                // Names of classes have another form: they stay, or nothing would be found in them.
                .displayNameMatching(name -> {
                    var match = CASE.matcher(name);
                    return !match.matches() || cases.contains(match.group(1));
                });
        new ConsoleResultWriter(monitor).output(runtime.build().execute());
        monitor.message("Test run complete");
        System.exit(0);
    }
}

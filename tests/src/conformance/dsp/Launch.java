import java.io.FileReader;
import java.util.HashMap;
import java.util.Properties;
import java.util.regex.Pattern;

import org.eclipse.dataspacetck.core.system.ConsoleMonitor;
import org.eclipse.dataspacetck.runtime.ConsoleResultWriter;
import org.eclipse.dataspacetck.runtime.TckRuntime;

/** Runs all cases of the kit, or the one named: java Launch.java FILE.properties [CASE]. */
class Launch {
    private static final Pattern CASE = Pattern.compile("^[A-Z_]+:[0-9]+-[0-9]+:");

    public static void main(String... arguments) throws Exception {
        var file = new Properties();
        try (var reader = new FileReader(arguments[0])) {
            file.load(reader);
        }
        var properties = new HashMap<String, String>();
        file.forEach((name, value) -> properties.put((String) name, (String) value));
        var monitor = new ConsoleMonitor(Boolean.parseBoolean(properties.get("dataspacetck.debug")), false);
        var runtime = TckRuntime.Builder.newInstance()
                .properties(properties)
                .addPackage("org.eclipse.dataspacetck.dsp.verification")
                .monitor(monitor);
        if (arguments.length > 1) {
            // Names of classes have another form: they stay, or nothing would be found in them.
            runtime.displayNameMatching(name -> !CASE.matcher(name).find() || name.startsWith(arguments[1] + ":"));
        }
        new ConsoleResultWriter(monitor).output(runtime.build().execute());
        monitor.message("Test run complete");
        System.exit(0);
    }
}

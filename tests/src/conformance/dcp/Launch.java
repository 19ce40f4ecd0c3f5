import java.io.FileReader;
import java.util.HashMap;
import java.util.Properties;

import org.eclipse.dataspacetck.core.system.ConsoleMonitor;
import org.eclipse.dataspacetck.dcp.system.DcpSystemLauncher;
import org.eclipse.dataspacetck.runtime.TckRuntime;
import org.junit.platform.engine.support.descriptor.MethodSource;

/** Runs the cases of one package, and prints the kit's sums and what failed: java Launch.java FILE.properties PACKAGE. */
class Launch {
    public static void main(String... arguments) throws Exception {
        var file = new Properties();
        try (var reader = new FileReader(arguments[0])) {
            file.load(reader);
        }
        var properties = new HashMap<String, String>();
        file.forEach((name, value) -> properties.put((String) name, (String) value));
        var monitor = new ConsoleMonitor(Boolean.parseBoolean(properties.get("dataspacetck.debug")), false);
        var summary = TckRuntime.Builder.newInstance()
                .properties(properties)
                .launcher(DcpSystemLauncher.class)
                .addPackage(arguments[1])
                .monitor(monitor)
                .build()
                .execute();
        for (var failure : summary.getFailures()) {
            var source = failure.getTestIdentifier().getSource().orElse(null);
            var name = source instanceof MethodSource method ? method.getMethodName() : failure.getTestIdentifier().getDisplayName();
            var said = String.valueOf(failure.getException()).replaceAll("\\s+", " ");
            System.out.println("CASE FAILED " + name + " " + said);
        }
        System.out.println("CASES PASSED " + summary.getTestsSucceededCount());
        System.out.println("CASES FAILED " + summary.getTestsFailedCount());
        System.out.println("CASES SWITCHED OFF " + summary.getTestsSkippedCount());
        System.exit(0);
    }
}

package dev.culvert.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which module may know which, as docs/architecture.md draws it, and what the protocol core keeps out. */
class ModulesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.culvert");

    /** Each module, by its package, with those that it may know besides itself. */
    private static final Map<String, Set<String>> KNOWS = new TreeMap<>(Map.of(
            "wire", Set.of(),
            "crypto", Set.of(),
            "ike", Set.of("crypto", "wire"),
            "ipsec", Set.of("crypto", "wire"),
            "io", Set.of("wire"),
            "api", Set.of("crypto", "wire"),
            "agent", Set.of("api", "crypto", "wire", "ike", "ipsec", "io"),
            "operator", Set.of("api", "crypto", "wire")));

    @TestFactory
    Iterable<DynamicTest> modulesKnowOnlyWhatTheyMay() {
        return KNOWS.keySet().stream()
                .map(module -> DynamicTest.dynamicTest(module, () -> knowsOnly(module)))
                .toList();
    }

    private static void knowsOnly(String module) {
        Set<String> strangers = new TreeSet<>(KNOWS.keySet());
        strangers.remove(module);
        strangers.removeAll(KNOWS.getOrDefault(module, Set.of()));
        if (!strangers.isEmpty()) {
            rule(module, strangers.stream().map(ModulesTest::inside).toArray(String[]::new));
        }
    }

    @Test
    void ikeAndIpsecKnowNoSocketsThreadsClocksOrKubernetes() {
        for (String module : new String[] {"ike", "ipsec"}) {
            rule(module, "java.net..", "java.nio.channels..", "io.netty..", "io.fabric8..");
            ArchRule noThreadsOrClocks = noClasses()
                    .that()
                    .resideInAPackage(inside(module))
                    .should()
                    .dependOnClassesThat()
                    .belongToAnyOf(Thread.class, ExecutorService.class, Clock.class, Instant.class)
                    .orShould()
                    .callMethod(System.class, "nanoTime")
                    .orShould()
                    .callMethod(System.class, "currentTimeMillis");
            noThreadsOrClocks.check(CLASSES);
        }
    }

    @Test
    void nativeCallsAreForTheInputOutputModule() {
        for (String module : KNOWS.keySet()) {
            if (!module.equals("io")) {
                noClasses()
                        .that()
                        .resideInAPackage(inside(module))
                        .should()
                        .dependOnClassesThat()
                        .belongToAnyOf(Linker.class, SymbolLookup.class, Arena.class)
                        .check(CLASSES);
            }
        }
    }

    @Test
    void onlyTheOperatorUsesTheOperatorSdk() {
        for (String module : KNOWS.keySet()) {
            if (!module.equals("operator")) {
                rule(module, "io.javaoperatorsdk..");
            }
        }
    }

    private static void rule(String module, String... notAllowed) {
        noClasses()
                .that()
                .resideInAPackage(inside(module))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(notAllowed)
                .check(CLASSES);
    }

    private static String inside(String module) {
        return "dev.culvert." + module + "..";
    }
}

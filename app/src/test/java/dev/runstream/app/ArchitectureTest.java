package dev.runstream.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The houses and the arrows between them: every house knows {@code core}, none knows its neighbour, {@code app} knows all. */
@AnalyzeClasses(
        packages = "dev.runstream",
        importOptions = {DoNotIncludeTests.class, ArchitectureTest.NoJarsOfTests.class})
class ArchitectureTest {
    /** What modules lend each other for their tests. */
    static final class NoJarsOfTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String CORE = "dev.runstream.core..";
    private static final String SQLITE = "dev.runstream.store.sqlite..";
    private static final String REDIS = "dev.runstream.store.redis..";
    private static final String REDIS_LINK = "dev.runstream.store.redis.link";
    private static final String SERVER = "dev.runstream.server..";
    private static final String AGENTS = "dev.runstream.agents..";
    private static final String CLIENT = "dev.runstream.client..";
    private static final String BULLMQ = "dev.runstream.bullmq..";
    private static final String APP = "dev.runstream.app..";

    @ArchTest
    static final ArchRule coreKnowsOnlyTheJdk = classes()
            .that()
            .resideInAPackage(CORE)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(CORE, "java..", "org.slf4j..", "org.jspecify..");

    @ArchTest
    static final ArchRule storesKnowOnlyCore = noClasses()
            .that()
            .resideInAnyPackage(SQLITE, REDIS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER, AGENTS, CLIENT, APP);

    @ArchTest
    static final ArchRule sqliteDoesNotKnowRedis = noClasses()
            .that()
            .resideInAPackage(SQLITE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(REDIS);

    @ArchTest
    static final ArchRule redisDoesNotKnowSqlite = noClasses()
            .that()
            .resideInAPackage(REDIS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SQLITE);

    @ArchTest
    static final ArchRule theWayToRedisKnowsNothingOfWhatIsKeptThere = noClasses()
            .that()
            .resideInAPackage(REDIS_LINK)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.runstream.store.redis");

    @ArchTest
    static final ArchRule lettuceStaysWithRedis = noClasses()
            .that()
            .resideOutsideOfPackages(REDIS, BULLMQ)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.lettuce..");

    @ArchTest
    static final ArchRule queuesKnowOfTheStoreOnlyTheWayToRedis = noClasses()
            .that()
            .resideInAPackage(BULLMQ)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.runstream.store.redis", SQLITE, SERVER, AGENTS, CLIENT, APP);

    @ArchTest
    static final ArchRule nobodyButTheAppKnowsQueues = noClasses()
            .that()
            .resideOutsideOfPackages(BULLMQ, APP)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BULLMQ);

    @ArchTest
    static final ArchRule theServerKnowsOnlyCore = noClasses()
            .that()
            .resideInAPackage(SERVER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SQLITE, REDIS, AGENTS, CLIENT, APP);

    @ArchTest
    static final ArchRule agentsKnowOnlyCore = noClasses()
            .that()
            .resideInAPackage(AGENTS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SQLITE, REDIS, SERVER, CLIENT, APP);

    @ArchTest
    static final ArchRule agentsKnowOfCoreOnlyWhatAnyAgentMay = noClasses()
            .that()
            .resideInAPackage(AGENTS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.runstream.core.run..", "dev.runstream.core.log..", "dev.runstream.core.execution..");

    @ArchTest
    static final ArchRule theClientKnowsOnlyTheWire = noClasses()
            .that()
            .resideInAPackage(CLIENT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CORE, SQLITE, REDIS, SERVER, AGENTS, APP);

    @ArchTest
    static final ArchRule nettyStaysWithSockets = noClasses()
            .that()
            .resideOutsideOfPackages(SERVER, REDIS_LINK, APP)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule packagesOfCoreFormNoCycle =
            slices().matching("dev.runstream.core.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packagesOfTheServerFormNoCycle =
            slices().matching("dev.runstream.server.(*)..").should().beFreeOfCycles();
}

package dev.runstream.app.config;

import static dev.runstream.app.config.WorkerSettings.*;

import dev.runstream.app.config.StoreKind.Redis;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a worker's {@link WorkConfiguration} of what was given. */
final class WorkerReader {
    private final GivenSettings given;
    private final Map<String, String> environment;

    WorkerReader(Map<String, List<String>> flags, Map<String, String> environment, Machine machine) {
        this.given = new GivenSettings(flags, own(environment), machine);
        this.environment = environment;
    }

    /** Variables of settings that only `serve` has are not looked at, so that nobody is told of a fault in one. */
    private static Map<String, String> own(Map<String, String> environment) {
        Map<String, String> own = new HashMap<>(environment);
        own.keySet()
                .retainAll(new Flags(GROUPS)
                        .settings().stream().map(Setting::variable).toList());
        return own;
    }

    Outcome<WorkConfiguration> read() {
        WorkReader work = new WorkReader(given, environment);
        WorkConfiguration read = work.read(store(work), given.get(PLACES));
        return given.complaints().isEmpty() ? new Outcome.Accepted<>(read) : new Outcome.Refused<>(given.complaints());
    }

    private StoreSettings store(WorkReader work) {
        Optional<StoreKind> kind = given.find(SHARED_STORE);
        if (kind.isEmpty() && !given.isGiven(SHARED_STORE)) {
            given.complain(SHARED_STORE.flag() + " is missing; allowed is "
                    + SHARED_STORE.kind().allowed() + ".");
        }
        return kind.filter(Redis.class::isInstance)
                .map(Redis.class::cast)
                .<StoreSettings>map(work::redis)
                .orElse(new StoreSettings.Memory());
    }
}

package dev.runstream.app.config;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was given as flags and in the environment, read setting by setting. Each fault is noted, and reading goes on with
 * the default, so that a user learns of all of them at once. Confined to one thread.
 */
final class GivenSettings {
    private final Map<String, List<String>> flags;
    private final Map<String, String> environment;
    private final Machine machine;
    private final Set<String> complaints = new LinkedHashSet<>();

    /** @param flags by name, without dashes, those given only */
    GivenSettings(Map<String, List<String>> flags, Map<String, String> environment, Machine machine) {
        this.flags = flags;
        this.environment = environment;
        this.machine = machine;
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }

    void complain(String complaint) {
        complaints.add(complaint);
    }

    Machine machine() {
        return machine;
    }

    /** The value of a setting that always has one. */
    <T> T get(Setting<T> setting) {
        return find(setting).orElseGet(() -> switch (setting.fallback()) {
            case Default.Fixed<T>(T value) -> value;
            case Default.Computed<T> computed -> computed.from().apply(machine);
            case Default.None<T> none ->
                throw new IllegalStateException(setting.flag() + " has no default; find it instead");
        });
    }

    <T> List<T> all(Setting<List<T>> setting) {
        return find(setting).orElse(List.of());
    }

    /** The value given, if any. */
    <T> Optional<T> find(Setting<T> setting) {
        if (!setting.repeatable()
                && flags.getOrDefault(setting.name(), List.of()).size() > 1) {
            complain(setting.flag() + " is given twice; allowed is once.");
            return Optional.empty();
        }
        return given(setting).flatMap(text -> {
            Optional<T> value = setting.kind().reader().apply(text);
            if (value.isEmpty()) {
                complainOf(setting, text);
            }
            return value;
        });
    }

    boolean isGiven(Setting<?> setting) {
        return given(setting).isPresent();
    }

    /** The name under which it was given, the flag's where it was not. */
    String nameOf(Setting<?> setting) {
        return !flags.containsKey(setting.name()) && given(setting).isPresent() ? setting.variable() : setting.flag();
    }

    /** A sentence's beginning that names the setting and its value. */
    <T> String saidOf(Setting<T> setting, T value) {
        return nameOf(setting) + " is " + setting.kind().writer().apply(value)
                + (isGiven(setting) ? "" : " by default");
    }

    private void complainOf(Setting<?> setting, String text) {
        // An address may hold a password before its @, and errors end in logs.
        String shown = text.contains("@") ? "a text with an @, which is not shown here" : "'" + text + "'";
        String hint = setting.equals(ServeSettings.PORT) && text.startsWith("tcp://")
                ? " (Kubernetes sets this variable for a service named runstream; enableServiceLinks: false stops that)"
                : "";
        complain(nameOf(setting) + " is " + shown + "; allowed is "
                + setting.kind().allowed() + "." + hint);
    }

    /** Texts of a repeated flag come as one, as they would in the environment. An empty variable counts as not set. */
    private Optional<String> given(Setting<?> setting) {
        List<String> texts = flags.get(setting.name());
        if (texts != null) {
            return Optional.of(String.join(",", texts));
        }
        return Optional.ofNullable(environment.get(setting.variable())).filter(text -> !text.isEmpty());
    }
}

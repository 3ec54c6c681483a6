package dev.runstream.client;

import java.util.regex.Pattern;

/** What may name a run: 1 to 128 of {@code A-Za-z0-9._~:-}, but neither {@code .} nor {@code ..}. */
final class RunIds {
    private static final Pattern GOOD = Pattern.compile("[A-Za-z0-9._~:-]{1,128}");

    private RunIds() {}

    static String check(String runId) {
        if (!GOOD.matcher(runId).matches() || runId.equals(".") || runId.equals("..")) {
            throw new IllegalArgumentException(
                    "a run id is 1 to 128 of A-Za-z0-9._~:- and neither . nor .., not: " + runId);
        }
        return runId;
    }
}

package dev.runstream.core.run;

import java.util.random.RandomGenerator;

/** The names of runs. */
public final class RunIds {
    private static final int LONGEST = 128;
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String PUNCTUATION = "._~:-";
    /** 22 of 62 letters hold 130 random bits. */
    private static final int GENERATED_LENGTH = 22;

    private RunIds() {}

    /** Whether a run may have this name: 1–128 of {@code A-Za-z0-9._~:-}, but not {@code .} or {@code ..}. */
    public static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > LONGEST || name.equals(".") || name.equals("..")) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isAllowed(name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || PUNCTUATION.indexOf(c) >= 0;
    }

    /** A new name that nobody can guess, given a random source that nobody can. */
    public static String generate(RandomGenerator random) {
        StringBuilder name = new StringBuilder(GENERATED_LENGTH);
        for (int i = 0; i < GENERATED_LENGTH; i++) {
            name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return name.toString();
    }
}

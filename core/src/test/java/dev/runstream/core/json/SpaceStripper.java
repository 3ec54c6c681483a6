package dev.runstream.core.json;

import java.io.ByteArrayOutputStream;

/** Takes the whitespace between tokens out of valid JSON, in the plainest way there is. */
final class SpaceStripper {
    private SpaceStripper() {}

    static byte[] strip(byte[] json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length);
        boolean inString = false;
        boolean escaped = false;
        for (byte b : json) {
            if (inString || " \t\r\n".indexOf(b) < 0) {
                out.write(b);
            }
            if (b == '"' && !escaped) {
                inString = !inString;
            }
            escaped = inString && b == '\\' && !escaped;
        }
        return out.toByteArray();
    }
}

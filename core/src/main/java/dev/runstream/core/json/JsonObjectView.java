package dev.runstream.core.json;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and splices the members of a JSON object at its top level without building anything of what is in them. Names
 * are compared after unescaping; what is not touched keeps its bytes.
 *
 * <p>Immutable and safe for any thread, as long as nobody writes to the array beneath.
 */
public final class JsonObjectView {
    private final JsonBytes json;

    private JsonObjectView(JsonBytes json) {
        this.json = json;
    }

    /** @throws IllegalArgumentException if the value is no object; see {@link JsonBytes#isObject} */
    public static JsonObjectView of(JsonBytes json) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("not an object");
        }
        return new JsonObjectView(json);
    }

    /** The object itself. */
    public JsonBytes json() {
        return json;
    }

    public JsonMembers members() {
        return new JsonMembers(json);
    }

    public boolean has(String name) {
        JsonMembers members = members();
        while (members.next()) {
            if (members.nameEquals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The values under this name in their order: none, one, or more where the name is there more than once. */
    public List<JsonBytes> values(String name) {
        List<JsonBytes> values = new ArrayList<>();
        JsonMembers members = members();
        while (members.next()) {
            if (members.nameEquals(name)) {
                values.add(members.value());
            }
        }
        return values;
    }

    /** This object without any member of this name; the same one if there is none. */
    public JsonObjectView without(String name) {
        if (!has(name)) {
            return this;
        }
        ByteArrayOutputStream rest = new ByteArrayOutputStream(json.length());
        JsonMembers members = members();
        while (members.next()) {
            if (!members.nameEquals(name)) {
                rest.write(rest.size() == 0 ? '{' : ',');
                rest.write(json.array(), members.start(), members.end() - members.start());
            }
        }
        rest.writeBytes(rest.size() == 0 ? new byte[] {'{', '}'} : new byte[] {'}'});
        return new JsonObjectView(JsonBytes.trusted(rest.toByteArray()));
    }

    /** This object with one more member at its end, whether or not the name is there already. */
    public JsonObjectView with(String name, JsonBytes value) {
        byte[] quoted = JsonStrings.quote(name);
        ByteArrayOutputStream longer = new ByteArrayOutputStream(json.length() + quoted.length + value.length() + 2);
        longer.write(json.array(), json.from(), json.length() - 1);
        if (json.length() > 2) {
            longer.write(',');
        }
        longer.writeBytes(quoted);
        longer.write(':');
        longer.write(value.array(), value.from(), value.length());
        longer.write('}');
        return new JsonObjectView(JsonBytes.trusted(longer.toByteArray()));
    }
}

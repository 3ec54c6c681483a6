package dev.runstream.store.sqlite;

import dev.runstream.core.run.Producers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The producers of a run as one value, in a row that is there anyway: a run mostly has one, and a row of its own would
 * cost a page more per commit.
 */
final class ProducersColumn {
    private ProducersColumn() {}

    static byte[] write(Producers producers) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(32);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Map.Entry<String, Producers.Next> entry : producers.next().entrySet()) {
                Producers.Next next = entry.getValue();
                out.writeUTF(entry.getKey());
                out.writeLong(next.epoch());
                out.writeLong(next.seq());
                out.writeBoolean(next.anySeq());
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static Producers read(byte[] column) {
        if (column.length == 0) {
            return Producers.NONE;
        }
        Map<String, Producers.Next> next = new HashMap<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(column))) {
            while (in.available() > 0) {
                next.put(in.readUTF(), new Producers.Next(in.readLong(), in.readLong(), in.readBoolean()));
            }
        } catch (IOException damaged) {
            throw new UncheckedIOException("a run's producers cannot be read", damaged);
        }
        return new Producers(next);
    }
}

package dev.runstream.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a data folder for one process, by a lock on a file beside the database. The operating system lets go of it when
 * the process dies; the file stays, since deleting it would let two processes lock two files of one name.
 */
final class FolderLock implements AutoCloseable {
    static final String FILE_NAME = "runstream.lock";
    /** Behind the text, so that others can read it on systems where a lock forbids that. */
    private static final long LOCKED_BYTE = 1L << 30;
    /** Closing any channel on a locked file undoes the lock, so a folder of our own is not even looked at. */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /**
     * Makes the folder where it is not there, and takes it.
     *
     * @throws StoreFileException if another process has it, or it cannot be written to
     */
    static FolderLock take(Path dataFolder) {
        try {
            Files.createDirectories(dataFolder);
            Path folder = dataFolder.toRealPath();
            if (!HELD_HERE.add(folder)) {
                throw held(
                        folder, "this process (pid " + ProcessHandle.current().pid() + ")");
            }
            try {
                return new FolderLock(folder, lock(folder));
            } catch (IOException | RuntimeException fault) {
                HELD_HERE.remove(folder);
                throw fault;
            }
        } catch (IOException fault) {
            throw new StoreFileException(
                    "The data folder " + dataFolder + " cannot be written to (" + reason(fault)
                            + "). Give this user the right to write there, or name another folder with --data.",
                    fault);
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        Path file = folder.resolve(FILE_NAME);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = tryLock(channel);
            if (lock == null) {
                String pid = Files.readString(file).strip();
                throw held(folder, pid.isEmpty() ? "another process" : "another process (pid " + pid + ")");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } catch (IOException | RuntimeException fault) {
            channel.close();
            throw fault;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        return channel.tryLock(LOCKED_BYTE, 1, false);
    }

    private static StoreFileException held(Path folder, String by) {
        return new StoreFileException("The data folder " + folder + " is in use by " + by
                + ". Stop that one first, or name another folder with --data.");
    }

    private static String reason(IOException fault) {
        return fault.getClass().getSimpleName() + ": " + fault.getMessage();
    }

    Path folder() {
        return folder;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException alreadyGone) {
            // The lock ends with the process at the latest.
        } finally {
            HELD_HERE.remove(folder);
        }
    }
}

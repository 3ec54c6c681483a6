package dev.runstream.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.runstream.core.run.Drafts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that must not be touched, and what is said about them. */
final class RefusedFilesTest {
    @TempDir
    Path temp;

    private StoreInFolder it;

    @BeforeEach
    void make() {
        it = new StoreInFolder(temp.resolve("store"));
    }

    private void fill() {
        it.open();
        for (int run = 0; run < 20; run++) {
            it.startExternal("r" + run);
            it.append("r" + run, Drafts.deltas(0, 500));
        }
        it.close();
    }

    /** Opening is refused with these words, and every file stays as it was. */
    private void assertRefused(String... words) throws IOException {
        Map<Path, String> before = contents();
        assertThatThrownBy(it::open)
                .isInstanceOf(StoreFileException.class)
                .message()
                .contains(words)
                .contains(it.folder.toString());
        assertThat(contents()).isEqualTo(before);
    }

    /** What holds data; SQLite's index of the write-ahead log is made anew each time, and an empty log says nothing. */
    private Map<Path, String> contents() throws IOException {
        Map<Path, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.list(it.folder)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith(StoreFile.FILE_NAME)
                        && !file.toString().endsWith("-shm")
                        && Files.size(file) > 0) {
                    contents.put(file, Files.size(file) + " bytes, " + Arrays.hashCode(Files.readAllBytes(file)));
                }
            }
        }
        return contents;
    }

    @Test
    void refusesAFileOfANewerVersion() throws Exception {
        fill();
        StoreInFolder.sql(it.file(), "PRAGMA user_version = 99");
        assertRefused("newer Runstream", "version 99", "--data");
    }

    @Test
    void refusesANewerVersionWhoseProcessWasKilled() throws Exception {
        fill();
        it.open();
        StoreInFolder.sql(it.file(), "PRAGMA user_version = 99");
        StoreInFolder killed = it.openCopy(temp.resolve("killed"));
        it.close();
        it = killed;
        assertThat(contents()).hasSize(2);
        assertRefused("newer Runstream");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRAGMA user_version = -1",
                "UPDATE progress SET producers = x'00ff' WHERE run = 3",
                "UPDATE progress SET attempt_starts = 'one' WHERE run = 3",
                "DROP TABLE progress",
            })
    void refusesAFileInWhichSomethingCannotBeRead(String damage) throws Exception {
        fill();
        StoreInFolder.sql(it.file(), damage);
        assertRefused("is damaged", "Put back a copy");
    }

    @Test
    void refusesToThrowAwayALogWhoseFileIsMissing() throws Exception {
        it.open();
        it.startExternal("r");
        StoreInFolder killed = it.openCopy(temp.resolve("killed"));
        it.close();
        it = killed;
        Files.delete(it.file());
        assertRefused("is missing", "Put the file back");
    }

    @Test
    void refusesWhatIsNoDatabase() throws Exception {
        Files.createDirectories(it.folder);
        Files.writeString(it.file(), "These are my notes, and not a database at all.\n".repeat(50));
        assertRefused("not a database", "Put back a copy");
    }

    @Test
    void refusesADatabaseOfAnotherProgram() throws Exception {
        Files.createDirectories(it.folder);
        StoreInFolder.sql(it.file(), "CREATE TABLE customer(name TEXT)");
        assertRefused("another program");
    }

    @Test
    void refusesADamagedPage() throws Exception {
        fill();
        try (RandomAccessFile file = new RandomAccessFile(it.file().toFile(), "rw")) {
            for (long page = file.length() / 4096 / 2; page < file.length() / 4096; page += 3) {
                file.seek(page * 4096);
                file.write(new byte[200]);
            }
        }
        assertRefused("is damaged", ".recover");
    }

    @Test
    void takesAFileAsItIsThatCannotBeReadThroughInTime() throws Exception {
        it.open();
        it.startExternal("large");
        it.append("large", Drafts.deltas(0, 60_000));
        it.close();
        AtomicLong seconds = new AtomicLong();
        InstantSource hurrying = () -> Instant.ofEpochSecond(seconds.getAndAdd(60));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + it.file())) {
            assertThat(new FileCheck(it.file(), hurrying).readThrough(connection))
                    .isFalse();
            assertThat(new FileCheck(it.file(), it.clock).readThrough(connection))
                    .isTrue();
        }
    }

    @Test
    void refusesAFileThatWasCutShort() throws Exception {
        fill();
        try (RandomAccessFile file = new RandomAccessFile(it.file().toFile(), "rw")) {
            file.setLength(file.length() / 2 / 4096 * 4096);
        }
        assertRefused("is damaged");
    }

    @Test
    void refusesAFolderThatAnotherStoreOfThisProcessHas() throws Exception {
        try (StoreInFolder first = new StoreInFolder(it.folder).open()) {
            assertThatThrownBy(it::open)
                    .isInstanceOf(StoreFileException.class)
                    .hasMessageContaining("in use by this process (pid "
                            + ProcessHandle.current().pid() + ")");
            first.startExternal("r");
        }
        it.open();
        it.close();
    }

    @Test
    void refusesAFolderThatAnotherProcessHasUntilItIsKilled() throws Exception {
        Process holder = ChildProcess.start(LockHolder.class, it.folder.toString());
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("held");
            assertThatThrownBy(it::open)
                    .isInstanceOf(StoreFileException.class)
                    .hasMessageContaining("in use by another process (pid " + holder.pid() + ")");
        } finally {
            holder.destroyForcibly().waitFor();
        }
        it.open();
        it.close();
    }

    /** Holds a folder until it is killed. */
    static final class LockHolder {
        private LockHolder() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) throws IOException {
            try (FolderLock lock = FolderLock.take(Path.of(args[0]))) {
                System.out.println("held");
                System.out.flush();
                assertThat(System.in.read()).isEqualTo(-1);
                assertThat(lock.folder()).exists();
            }
        }
    }

    @Test
    void refusesAFolderThatIsAFile() throws Exception {
        Files.writeString(it.folder, "a file");
        assertThatThrownBy(it::open)
                .isInstanceOf(StoreFileException.class)
                .hasMessageContaining("cannot be written to")
                .hasMessageContaining("--data");
    }

    @Test
    void takesAnEmptyFileForANewOne() throws Exception {
        Files.createDirectories(it.folder);
        Files.createFile(it.file());
        it.open();
        it.startExternal("r");
        it.close();
    }

    @Test
    void refusesALimitTooSmallToWorkWith() {
        assertThatThrownBy(() -> new SqliteSettings(it.folder, Durability.OS, 1_000, () -> "x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("max-disk");
    }

    @Test
    void takesOnlyTheStepsThatAFileHasNotSeen() throws Exception {
        Path file = temp.resolve("steps.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            new Schema(List.of("CREATE TABLE a(x)")).bringUpToDate(connection);
            statement.execute("INSERT INTO a VALUES (1)");
            new Schema(List.of("CREATE TABLE a(x)", "ALTER TABLE a ADD y; UPDATE a SET y = 2"))
                    .bringUpToDate(connection);
            try (var row =
                    statement.executeQuery("SELECT x, y, (SELECT user_version FROM pragma_user_version) FROM a")) {
                assertThat(List.of(row.getInt(1), row.getInt(2), row.getInt(3))).containsExactly(1, 2, 2);
            }
        }
    }

    @Test
    void leavesAFileAsItWasWhereAStepFails() throws Exception {
        Path file = temp.resolve("steps.db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            Schema broken = new Schema(List.of("CREATE TABLE a(x); CREATE TABLE a(x)"));
            assertThatThrownBy(() -> broken.bringUpToDate(connection)).isInstanceOf(java.sql.SQLException.class);
            assertThat(Schema.version(statement)).isZero();
            try (var row = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
                assertThat(row.getInt(1)).isZero();
            }
        }
    }
}

package dev.runstream.server.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files of a folder in the jar. Each is read once.
 *
 * <p>Safe for any thread. Reading may block.
 */
final class PageFiles {
    /** Stands in a page where the base path of the API belongs. */
    private static final String BASE_PATH_MARK = "{{basePath}}";

    private final String folder;
    private final String basePath;
    private final Map<String, PageFile> known = new ConcurrentHashMap<>();

    /** @param folder in the jar, with a slash at both ends */
    PageFiles(String folder, String basePath) {
        this.folder = folder;
        this.basePath = basePath;
    }

    /** @param name below the folder; without a dot it is none */
    Optional<PageFile> find(String name) {
        if (!name.contains(".")) {
            return Optional.empty();
        }
        PageFile file = known.get(name);
        if (file != null) {
            return Optional.of(file);
        }
        Optional<PageFile> read = read(name).map(content -> new PageFile(name, withBasePath(name, content)));
        // Only what is there is kept, so that nobody fills this map with names.
        read.ifPresent(found -> known.put(name, found));
        return read;
    }

    private byte[] withBasePath(String name, byte[] content) {
        return name.endsWith(".html")
                ? new String(content, StandardCharsets.UTF_8)
                        .replace(BASE_PATH_MARK, basePath)
                        .getBytes(StandardCharsets.UTF_8)
                : content;
    }

    private Optional<byte[]> read(String name) {
        try (InputStream file = PageFiles.class.getResourceAsStream(folder + name)) {
            return file == null ? Optional.empty() : Optional.of(file.readAllBytes());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}

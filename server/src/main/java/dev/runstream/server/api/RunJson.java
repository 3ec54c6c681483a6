package dev.runstream.server.api;

import dev.runstream.core.log.EventId;
import dev.runstream.core.run.Run;
import dev.runstream.core.run.RunRecord;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs as they are told of outside. */
final class RunJson {
    private final String basePath;

    RunJson(String basePath) {
        this.basePath = basePath;
    }

    String path(String runId) {
        return basePath + "/run/" + runId;
    }

    Map<String, @Nullable Object> of(Run run) {
        RunRecord record = run.record();
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("runId", record.runId());
        json.put("agent", record.spec().agent());
        json.put("state", record.state().wireName());
        json.put("attempt", record.attempt());
        json.put("createdAt", time(record.spec().createdAtMillis()));
        json.put("startedAt", time(record.startedAtMillis()));
        json.put("endedAt", time(record.endedAtMillis()));
        json.put("cancelRequestedAt", time(record.stop().atMillis()));
        json.put("firstEventId", new EventId(record.epoch(), Math.max(1, run.firstSeq())).toString());
        json.put("lastEventId", new EventId(record.epoch(), Math.max(1, record.lastSeq())).toString());
        json.put("bufferedBytes", run.bufferedBytes());
        json.put("bytes", record.bytes());
        json.put("readers", run.readers());
        if (record.spec().cancelOnDisconnect()) {
            json.put("onDisconnect", "cancel");
        }
        Map<String, String> links = new LinkedHashMap<>();
        links.put("self", path(record.runId()));
        links.put("stream", basePath + "/stream/" + record.runId());
        json.put("links", links);
        return json;
    }

    private static @Nullable String time(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis).toString();
    }
}

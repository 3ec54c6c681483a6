/** Real Redis servers, Clusters and Sentinels for tests, and a proxy that does to connections what networks do. */
@NullMarked
package dev.runstream.store.redis.testing;

import org.jspecify.annotations.NullMarked;

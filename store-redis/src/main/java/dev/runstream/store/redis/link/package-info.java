/**
 * The way to a Redis or Valkey: where it is, what it is, and whether it answers. Knows nothing of runs.
 *
 * <p>{@link dev.runstream.store.redis.link.RedisLink} is the one thing to open; all else here is a value that goes in or
 * comes out of it.
 */
@NullMarked
package dev.runstream.store.redis.link;

import org.jspecify.annotations.NullMarked;

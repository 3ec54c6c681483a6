/** Runs in a Redis or Valkey that many gateways and workers share. */
@NullMarked
package dev.runstream.store.redis;

import org.jspecify.annotations.NullMarked;

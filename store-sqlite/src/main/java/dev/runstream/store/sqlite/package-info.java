@NullMarked
package dev.runstream.store.sqlite;

import org.jspecify.annotations.NullMarked;

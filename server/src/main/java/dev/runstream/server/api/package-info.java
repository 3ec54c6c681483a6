@NullMarked
package dev.runstream.server.api;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.runstream.server.http;

import org.jspecify.annotations.NullMarked;

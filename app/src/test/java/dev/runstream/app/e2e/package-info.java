@NullMarked
package dev.runstream.app.e2e;

import org.jspecify.annotations.NullMarked;

/** The commands that speak to a server as its client: run, follow, cancel and runs. */
@NullMarked
package dev.runstream.app.cli;

import org.jspecify.annotations.NullMarked;

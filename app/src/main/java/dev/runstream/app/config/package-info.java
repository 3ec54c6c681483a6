/** What `serve` can be told: its flags and variables, and the checked values they make. */
@NullMarked
package dev.runstream.app.config;

import org.jspecify.annotations.NullMarked;

@NullMarked
package dev.runstream.server.web;

import org.jspecify.annotations.NullMarked;

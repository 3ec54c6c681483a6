/** JSON as bytes: strictly checked, made compact, and split at its top level, without being parsed into objects. */
@NullMarked
package dev.runstream.core.json;

import org.jspecify.annotations.NullMarked;

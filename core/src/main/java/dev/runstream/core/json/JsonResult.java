package dev.runstream.core.json;

/** What came of checking a text: the compact value, or what is wrong with it. */
public sealed interface JsonResult permits JsonBytes, JsonFault {}

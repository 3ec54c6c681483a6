#!/bin/sh
# Packs the distribution from a built checkout: scripts/dist.sh VERSION. Prints the path of the tarball.
set -eu
if [ $# -ne 1 ]; then
    echo "usage: scripts/dist.sh VERSION, as the pom has it, once Maven has packaged it" >&2
    exit 2
fi
home=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
name=runstream-$1
target=$home/app/target
stage=$target/dist/$name

rm -rf "$target/dist" "$target/$name.tar.gz"
mkdir -p "$stage/lib" "$stage/client"
cp "$target/runstream.jar" "$home/scripts/java.sh" "$home/scripts/memory.sh" "$stage/lib/"
# What an author of an agent compiles against: all that an agent sees at work beside the JDK.
cp "$home/core/target/runstream-core-$1.jar" "$stage/lib/runstream-core.jar"
cp "$home"/core/target/lib/slf4j-api-*.jar "$stage/lib/slf4j-api.jar"
# The client for Java programs, with the jars it needs.
cp "$home/client-java/target/runstream-client-$1.jar" "$stage/client/runstream-client.jar"
cp "$home"/client-java/target/lib/*.jar "$stage/client/"
cp "$home/runstream" "$home/README.md" "$home/CONTRIBUTING.md" "$home/LICENSE" "$home/NOTICE" "$stage/"
cp -R "$home/docs" "$stage/docs"
if [ -d "$home/examples" ]; then
    (cd "$home" && tar -cf - --exclude=target --exclude=node_modules examples) | (cd "$stage" && tar -xf -)
fi
# macOS would add a hidden file of attributes beside each file.
(cd "$target/dist" && COPYFILE_DISABLE=1 tar -czf "$target/$name.tar.gz" "$name")
rm -rf "$target/dist"
echo "$target/$name.tar.gz"

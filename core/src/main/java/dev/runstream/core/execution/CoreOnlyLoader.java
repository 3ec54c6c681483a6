package dev.runstream.core.execution;

/**
 * All that an agent from a jar sees of the program around it: the JDK, the core, and the logging it shares. What else is
 * on the program's class path is hidden, so that a jar brings its own version of whatever it uses. Safe for any thread.
 */
final class CoreOnlyLoader extends ClassLoader {
    private static final String[] SHARED = {"dev.runstream.core.", "org.slf4j."};

    private final ClassLoader program;

    CoreOnlyLoader(ClassLoader program) {
        super("runstream core", ClassLoader.getPlatformClassLoader());
        this.program = program;
    }

    /** Asked after the JDK did not have the class. */
    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        for (String shared : SHARED) {
            if (name.startsWith(shared)) {
                return program.loadClass(name);
            }
        }
        throw new ClassNotFoundException(name);
    }

    static {
        registerAsParallelCapable();
    }
}

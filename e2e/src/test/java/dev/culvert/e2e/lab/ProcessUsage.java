package dev.culvert.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process has used so far, as the kernel accounts for it (proc(5)). */
public record ProcessUsage(double cpuSeconds, long residentBytes) {
    private static final double TICKS_PER_SECOND = 100;
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;

    public static ProcessUsage of(long pid) {
        Path directory = Path.of("/proc/" + pid);
        try {
            String stat = Files.readString(directory.resolve("stat"));
            String[] behindName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            double ticks = Double.parseDouble(behindName[USER_TICKS]) + Double.parseDouble(behindName[SYSTEM_TICKS]);
            long resident = Files.readAllLines(directory.resolve("status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
            return new ProcessUsage(ticks / TICKS_PER_SECOND, resident * 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

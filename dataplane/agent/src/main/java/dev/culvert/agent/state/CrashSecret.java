package dev.culvert.agent.state;

import dev.culvert.crypto.Hash;
import dev.culvert.crypto.RandomSource;
import dev.culvert.crypto.SecretBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The secret by which the agent proves to its peers, after it was killed, that it has lost their SAs (RFC 6290 §5.1): a
 * file of mode 0600 in the state directory, made at the first start.
 *
 * <p>Whoever has the secret of an agent that is alive could end its SAs, and so could whoever has another agent with the
 * same secret asked for a token. So what agents of one machine find in the same file is bound to the control socket,
 * which each has to itself.
 */
public final class CrashSecret {
    private static final Logger log = LoggerFactory.getLogger(CrashSecret.class);
    private static final String FILE = "crash-detection.key";
    private static final int LENGTH = 32;

    private CrashSecret() {}

    /**
     * Reads the secret, or makes it. Without a directory to write to, the agent runs without, and says so.
     *
     * @param socket the agent's control socket
     */
    public static Optional<SecretBytes> of(Path directory, Path socket, RandomSource random) {
        try {
            byte[] key = readOrMake(directory, random);
            try {
                byte[] bound = socket.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8);
                return Optional.of(SecretBytes.wrap(Hash.SHA2_256.digest(key, bound)));
            } finally {
                Arrays.fill(key, (byte) 0);
            }
        } catch (IOException e) {
            log.warn(
                    "no secret for crash detection in {}: {}. After a crash, peers will notice it only by their liveness"
                            + " checks",
                    directory,
                    e.toString());
            return Optional.empty();
        }
    }

    private static byte[] readOrMake(Path directory, RandomSource random) throws IOException {
        Path file = directory.resolve(FILE);
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            make(directory, file, random);
            return read(file);
        }
    }

    private static byte[] read(Path file) throws IOException {
        byte[] key = Files.readAllBytes(file);
        if (key.length != LENGTH) {
            throw new IOException(file + " has " + key.length + " octets rather than " + LENGTH);
        }
        return key;
    }

    /** The file is there whole or not at all, and another agent may make it at the same time. */
    private static void make(Path directory, Path file, RandomSource random) throws IOException {
        Path fresh = directory.resolve(FILE + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(fresh);
        byte[] key = random.bytes(LENGTH);
        try (SeekableByteChannel channel = Files.newByteChannel(
                fresh,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SYNC),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            channel.write(ByteBuffer.wrap(key));
            Files.createLink(file, fresh);
        } catch (FileAlreadyExistsException e) {
            log.debug("{} has just been made by another agent", file);
        } finally {
            Arrays.fill(key, (byte) 0);
            Files.deleteIfExists(fresh);
        }
    }
}

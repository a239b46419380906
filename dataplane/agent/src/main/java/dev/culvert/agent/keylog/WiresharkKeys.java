package dev.culvert.agent.keylog;

import dev.culvert.agent.StartupException;
import dev.culvert.crypto.IkeSuite;
import dev.culvert.crypto.SecretBytes;
import dev.culvert.ike.endpoint.ChildSaParameters;
import dev.culvert.ike.endpoint.KeyLog;
import dev.culvert.ike.v2.keymat.IkeKeys;
import dev.culvert.wire.IpAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the keys of every SA into a directory as three of Wireshark's tables, {@code ikev1_decryption_table},
 * {@code ikev2_decryption_table} and {@code esp_sa}, so that Wireshark decrypts a capture with that directory as its
 * configuration. The files are for their owner only (0600) and are added to, never cut short.
 */
public final class WiresharkKeys implements KeyLog {
    static final String IKE_TABLE = "ikev2_decryption_table";
    static final String IKEV1_TABLE = "ikev1_decryption_table";
    static final String ESP_TABLE = "esp_sa";

    private static final Logger log = LoggerFactory.getLogger(WiresharkKeys.class);
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final HexFormat HEX = HexFormat.of();

    private final Path ikeTable;
    private final Path ikeV1Table;
    private final Path espTable;

    private WiresharkKeys(Path directory) {
        this.ikeTable = directory.resolve(IKE_TABLE);
        this.ikeV1Table = directory.resolve(IKEV1_TABLE);
        this.espTable = directory.resolve(ESP_TABLE);
    }

    /**
     * Makes the directory and the files, and warns.
     *
     * @throws StartupException if that is not possible
     */
    public static WiresharkKeys in(Path directory) throws StartupException {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            WiresharkKeys keys = new WiresharkKeys(directory);
            for (Path table : new Path[] {keys.ikeTable, keys.ikeV1Table, keys.espTable}) {
                if (!Files.exists(table)) {
                    Files.createFile(table, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
                }
                Files.setPosixFilePermissions(table, OWNER_ONLY);
            }
            log.warn("the keys of all SAs are written to {}: whoever reads them reads the traffic", directory);
            return keys;
        } catch (IOException e) {
            throw new StartupException("cannot write keys to " + directory + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void ikeSa(long spiInitiator, long spiResponder, IkeSuite suite, IkeKeys keys) {
        Optional<String> encryption = WiresharkNames.encryption(suite);
        Optional<String> integrity = WiresharkNames.integrity(suite);
        if (encryption.isEmpty() || integrity.isEmpty()) {
            log.warn("Wireshark cannot decrypt IKE with {}", suite.keywords());
            return;
        }
        append(
                ikeTable,
                String.format("%016x,%016x,", spiInitiator, spiResponder) + hex(keys.skEi()) + "," + hex(keys.skEr())
                        + ",\"" + encryption.get() + "\"," + hex(keys.skAi()) + "," + hex(keys.skAr()) + ",\""
                        + integrity.get() + "\"\n");
    }

    @Override
    public void isakmpSa(long initiatorCookie, SecretBytes key) {
        append(ikeV1Table, String.format("%016x,", initiatorCookie) + hex(key) + "\n");
    }

    /** Notes a pair of ESP SAs; its keys may be closed afterwards. */
    public void childSa(ChildSaParameters pair) {
        Optional<String> encryption = WiresharkNames.encryption(pair.suite());
        Optional<String> integrity = WiresharkNames.integrity(pair.suite());
        if (encryption.isEmpty() || integrity.isEmpty()) {
            log.warn("Wireshark cannot decrypt ESP with {}", pair.suite().keywords());
            return;
        }
        IpAddress local = pair.outerLocal().address();
        IpAddress remote = pair.outerRemote().address();
        append(
                espTable,
                line(
                                remote,
                                local,
                                pair.spiIn(),
                                encryption.get(),
                                pair.encryptionKeyIn(),
                                integrity.get(),
                                pair.integrityKeyIn())
                        + line(
                                local,
                                remote,
                                pair.spiOut(),
                                encryption.get(),
                                pair.encryptionKeyOut(),
                                integrity.get(),
                                pair.integrityKeyOut()));
    }

    private static String line(
            IpAddress from,
            IpAddress to,
            int spi,
            String encryption,
            SecretBytes encryptionKey,
            String integrity,
            SecretBytes integrityKey) {
        return String.format(
                "\"%s\",\"%s\",\"%s\",\"0x%08x\",\"%s\",\"0x%s\",\"%s\",\"%s\"%n",
                from.isV4() ? "IPv4" : "IPv6",
                from,
                to,
                spi,
                encryption,
                hex(encryptionKey),
                integrity,
                integrityKey.length() == 0 ? "" : "0x" + hex(integrityKey));
    }

    private static String hex(SecretBytes key) {
        return HEX.formatHex(key.bytes());
    }

    private static void append(Path table, String lines) {
        try {
            Files.write(table, lines.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.APPEND);
        } catch (IOException e) {
            log.error("cannot write keys to {}: {}", table, e.getMessage());
        }
    }
}

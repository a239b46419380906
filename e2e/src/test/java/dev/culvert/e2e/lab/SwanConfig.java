package dev.culvert.e2e.lab;

/**
 * One connection with one child and its pre-shared key, as {@code swanctl.conf} says it. The names are fixed: the
 * connection is {@code culvert}, the child {@code net}.
 */
public record SwanConfig(
        String localAddress,
        String remoteAddress,
        String localId,
        String remoteId,
        String psk,
        String ikeProposals,
        String espProposals,
        String localSelector,
        String remoteSelector,
        String startAction,
        int dpdDelaySeconds) {
    public static final String CONNECTION = "culvert";
    public static final String CHILD = "net";

    public SwanConfig withProposals(String ike, String esp) {
        return new SwanConfig(
                localAddress,
                remoteAddress,
                localId,
                remoteId,
                psk,
                ike,
                esp,
                localSelector,
                remoteSelector,
                startAction,
                dpdDelaySeconds);
    }

    public SwanConfig withPsk(String key) {
        return new SwanConfig(
                localAddress,
                remoteAddress,
                localId,
                remoteId,
                key,
                ikeProposals,
                espProposals,
                localSelector,
                remoteSelector,
                startAction,
                dpdDelaySeconds);
    }

    public SwanConfig withSelectors(String local, String remote) {
        return new SwanConfig(
                localAddress,
                remoteAddress,
                localId,
                remoteId,
                psk,
                ikeProposals,
                espProposals,
                local,
                remote,
                startAction,
                dpdDelaySeconds);
    }

    public SwanConfig withRemoteAddress(String address) {
        return new SwanConfig(
                localAddress,
                address,
                localId,
                remoteId,
                psk,
                ikeProposals,
                espProposals,
                localSelector,
                remoteSelector,
                startAction,
                dpdDelaySeconds);
    }

    String text() {
        return """
                connections {
                  culvert {
                    version = 2
                    local_addrs = %s
                    remote_addrs = %s
                    proposals = %s
                    dpd_delay = %ds
                    rekey_time = 0
                    unique = replace
                    local { auth = psk
                      id = %s }
                    remote { auth = psk
                      id = %s }
                    children {
                      net {
                        local_ts = %s
                        remote_ts = %s
                        esp_proposals = %s
                        start_action = %s
                        rekey_time = 0
                      }
                    }
                  }
                }
                secrets {
                  ike-culvert {
                    id-1 = %s
                    id-2 = %s
                    secret = "%s"
                  }
                }
                """.formatted(
                        localAddress,
                        remoteAddress,
                        ikeProposals,
                        dpdDelaySeconds,
                        localId,
                        remoteId,
                        localSelector,
                        remoteSelector,
                        espProposals,
                        startAction,
                        localId,
                        remoteId,
                        psk);
    }
}

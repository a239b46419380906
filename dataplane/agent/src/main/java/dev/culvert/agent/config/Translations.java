package dev.culvert.agent.config;

import dev.culvert.api.v1alpha1.AddressTranslation;
import dev.culvert.api.v1alpha1.ChildSpec;
import dev.culvert.api.v1alpha1.NatSettings;
import dev.culvert.api.v1alpha1.compile.HostView;
import dev.culvert.ipsec.translate.Translation;
import dev.culvert.wire.IpPrefix;
import java.util.List;

/** Says to the data path which addresses of a child's packets it translates. Pure. */
public final class Translations {
    private Translations() {}

    /** Those that are about the child's networks, in order. */
    public static List<Translation> of(ChildSpec child, NatSettings nat) {
        return nat.translations().stream()
                .filter(translation -> HostView.concerns(translation, child))
                .map(Translations::of)
                .toList();
    }

    private static Translation of(AddressTranslation translation) {
        return new Translation(
                switch (translation.side()) {
                    case LOCAL -> Translation.Side.LOCAL;
                    case REMOTE -> Translation.Side.REMOTE;
                },
                switch (translation.type()) {
                    case ONE_TO_ONE -> Translation.Type.ONE_TO_ONE;
                    case MASQUERADE -> Translation.Type.MASQUERADE;
                },
                IpPrefix.parse(translation.from()),
                IpPrefix.parse(translation.to()));
    }
}

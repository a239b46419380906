package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How the ends prove who they are: a method for each, and the blocks that belong to them.
 *
 * @param remoteMethod the peer's, where it is not this end's
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value =
                "has(self.preSharedKey) || (self.method != 'PreSharedKey' && (!has(self.remoteMethod) || self.remoteMethod != 'PreSharedKey'))",
        message = "method PreSharedKey needs the block preSharedKey")
@ValidationRule(
        value =
                "!has(self.preSharedKey) || self.method == 'PreSharedKey' || (has(self.remoteMethod) && self.remoteMethod == 'PreSharedKey')",
        message = "the block preSharedKey belongs to method PreSharedKey")
@ValidationRule(
        value = "self.method != 'Certificate' || (has(self.certificate) && has(self.certificate.secretRef))",
        message = "method Certificate needs certificate.secretRef")
@ValidationRule(
        value =
                "(has(self.remoteMethod) ? self.remoteMethod : self.method) != 'Certificate' || (has(self.certificate) && has(self.certificate.trustBundleRef))",
        message = "a peer with method Certificate needs certificate.trustBundleRef")
@ValidationRule(
        value =
                "!has(self.certificate) || self.method == 'Certificate' || (has(self.remoteMethod) && self.remoteMethod == 'Certificate')",
        message = "the block certificate belongs to method Certificate")
public record Authentication(
        @JsonPropertyDescription("How this end proves who it is; the peer as well unless remoteMethod says otherwise.")
        @Required
        AuthenticationMethod method,

        @JsonPropertyDescription("How the peer proves who it is; as method by default.") @Nullable
        AuthenticationMethod remoteMethod,

        @JsonPropertyDescription("The pre-shared key, for method PreSharedKey.") @Nullable
        PreSharedKeySource preSharedKey,

        @JsonPropertyDescription("Certificates, for method Certificate.") @Nullable
        CertificateSource certificate,

        @JsonPropertyDescription(
                "A further key that protects against who breaks the key exchange one day (RFC 8784); with any method.")
        @Nullable
        PostQuantumPreSharedKey postQuantumPreSharedKey) {
    /** How the peer proves who it is. */
    public AuthenticationMethod methodOfPeer() {
        return remoteMethod == null ? method : remoteMethod;
    }
}

package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** How both ends prove who they are: a method and the block that belongs to it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
        value = "self.method != 'PreSharedKey' || has(self.preSharedKey)",
        message = "method PreSharedKey needs the block preSharedKey")
public record Authentication(
        @JsonPropertyDescription("Method of authentication.") @Required
        AuthenticationMethod method,

        @JsonPropertyDescription("The pre-shared key, for method PreSharedKey.") @Nullable
        PreSharedKeySource preSharedKey) {}

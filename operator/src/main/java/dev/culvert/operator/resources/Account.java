package dev.culvert.operator.resources;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.util.List;

/** A ServiceAccount with a Role of its own, all of one name. */
final class Account {
    private Account() {}

    static List<HasMetadata> of(ObjectMeta metadata, List<PolicyRule> rules) {
        return List.of(
                new ServiceAccountBuilder().withMetadata(metadata).build(),
                new RoleBuilder().withMetadata(metadata).withRules(rules).build(),
                new RoleBindingBuilder()
                        .withMetadata(metadata)
                        .withNewRoleRef()
                        .withApiGroup("rbac.authorization.k8s.io")
                        .withKind("Role")
                        .withName(metadata.getName())
                        .endRoleRef()
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName(metadata.getName())
                        .withNamespace(metadata.getNamespace())
                        .endSubject()
                        .build());
    }
}

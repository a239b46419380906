package dev.culvert.api.v1alpha1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists as they come out of a document: possibly absent. */
final class Lists {
    private Lists() {}

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}

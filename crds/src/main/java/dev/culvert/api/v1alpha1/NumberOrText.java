package dev.culvert.api.v1alpha1;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.io.IOException;

/** Reads a number or text, also where a reader of YAML made a long of the number, which {@link IntOrString} does not take. */
final class NumberOrText extends StdDeserializer<IntOrString> {
    private static final long serialVersionUID = 1;

    NumberOrText() {
        super(IntOrString.class);
    }

    @Override
    public IntOrString deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        String text = parser.getValueAsString();
        if (text == null) {
            return (IntOrString) context.handleUnexpectedToken(IntOrString.class, parser);
        }
        return parser.currentToken().isNumeric() && text.matches("-?[0-9]{1,9}")
                ? new IntOrString(Integer.valueOf(text))
                : new IntOrString(text);
    }
}

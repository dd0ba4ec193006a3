import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.trino.Session;
import io.trino.spi.type.ArrayType;
import io.trino.spi.type.MapType;
import io.trino.spi.type.RowType;
import io.trino.spi.type.TimeZoneKey;
import io.trino.spi.type.Type;
import io.trino.sql.parser.SqlParser;
import io.trino.testing.LocalQueryRunner;
import io.trino.testing.MaterializedResult;
import io.trino.testing.MaterializedRow;
import io.trino.testing.TestingSession;
import java.io.File;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Asks Trino itself: reads `{"parse": [statement…], "run": [statement…]}` from the file that the first argument names, and writes
 * `{"parse": [null or why not…], "run": [{"columns": …, "rows": …} or {"error": …}…]}` to that of the second.
 */
public final class Trino
{
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws Exception
    {
        Logger.getLogger("").setLevel(Level.OFF);
        JsonNode asked = JSON.readTree(new File(arguments[0]));
        ObjectNode answers = JSON.createObjectNode();
        ArrayNode parsed = answers.putArray("parse");
        SqlParser parser = new SqlParser();
        for (JsonNode statement : asked.get("parse")) {
            try {
                parser.createStatement(statement.asText());
                parsed.addNull();
            }
            catch (RuntimeException refused) {
                parsed.add(String.valueOf(refused.getMessage()));
            }
        }
        ArrayNode ran = answers.putArray("run");
        if (asked.get("run").size() > 0) {
            Session session = TestingSession.testSessionBuilder().setTimeZoneKey(TimeZoneKey.UTC_KEY).build();
            try (LocalQueryRunner runner = LocalQueryRunner.create(session)) {
                for (JsonNode statement : asked.get("run")) {
                    ran.add(answer(runner, statement.asText()));
                }
            }
        }
        JSON.writeValue(new File(arguments[1]), answers);
        System.exit(0);
    }

    private static ObjectNode answer(LocalQueryRunner runner, String statement)
    {
        ObjectNode answer = JSON.createObjectNode();
        try {
            MaterializedResult result = runner.execute(statement);
            ArrayNode columns = answer.putArray("columns");
            for (int column = 0; column < result.getTypes().size(); column++) {
                columns.addObject().put("name", result.getColumnNames().get(column)).put("type", result.getTypes().get(column).getDisplayName());
            }
            ArrayNode rows = answer.putArray("rows");
            for (MaterializedRow row : result) {
                ArrayNode cells = rows.addArray();
                for (int column = 0; column < row.getFieldCount(); column++) {
                    cells.add(value(row.getField(column), result.getTypes().get(column)));
                }
            }
        }
        catch (Throwable refused) {
            answer.put("error", String.valueOf(refused.getMessage()));
        }
        return answer;
    }

    private static JsonNode value(Object value, Type type)
    {
        if (value == null) {
            return JSON.nullNode();
        }
        if (type instanceof ArrayType array) {
            ArrayNode items = JSON.createArrayNode();
            for (Object item : (List<?>) value) {
                items.add(value(item, array.getElementType()));
            }
            return items;
        }
        if (type instanceof MapType map) {
            ObjectNode entries = JSON.createObjectNode();
            ((Map<?, ?>) value).forEach((key, item) -> entries.set(String.valueOf(key), value(item, map.getValueType())));
            return entries;
        }
        if (type instanceof RowType row) {
            List<Object> fields = value instanceof MaterializedRow materialized ? materialized.getFields() : (List<Object>) value;
            ArrayNode items = JSON.createArrayNode();
            for (int index = 0; index < fields.size(); index++) {
                items.add(value(fields.get(index), row.getFields().get(index).getType()));
            }
            return items;
        }
        if (value instanceof Boolean flag) {
            return JSON.getNodeFactory().booleanNode(flag);
        }
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return JSON.getNodeFactory().numberNode(((Number) value).longValue());
        }
        if (value instanceof Double number) {
            return JSON.getNodeFactory().numberNode(number);
        }
        if (value instanceof BigDecimal decimal) {
            return JSON.getNodeFactory().textNode(decimal.toPlainString());
        }
        return JSON.getNodeFactory().textNode(String.valueOf(value));
    }
}

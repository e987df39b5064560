// Turns the schemas of an OpenAPI 3.1 document into TypeScript types: what the consoles send and receive is checked
// against what the server says it is.

/** The source of a module with one exported type per schema, in the order of their names. */
export function typesOf(openapi) {
  const schemas = Object.entries(openapi.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  const declared = schemas.map(([name, schema]) => `${comment(schema, "")}export type ${name} = ${typeOf(schema, "")};\n`);
  return `// Made from docs/openapi.json by \`npm run api-types\`: not to be changed by hand.\n\n${declared.join("\n")}`;
}

function typeOf(schema, indent) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  if (schema.oneOf) return unionOf(schema.oneOf, indent);
  if (schema.anyOf) return unionOf(schema.anyOf, indent);
  if (schema.enum) return schema.enum.map((word) => JSON.stringify(word)).join(" | ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(" | ");
  switch (schema.type) {
    case "string":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
      return "boolean";
    case "null":
      return "null";
    case "array":
      return arrayOf(typeOf(schema.items, indent));
    case "object":
      return schema.properties ? objectOf(schema, indent) : "Record<string, unknown>";
    default:
      throw new Error(`no type for the schema ${JSON.stringify(schema)}`);
  }
}

function unionOf(schemas, indent) {
  return schemas.map((schema) => typeOf(schema, indent)).join(" | ");
}

function arrayOf(item) {
  return /^[A-Za-z]+$/.test(item) ? `${item}[]` : `(${item})[]`;
}

function objectOf(schema, indent) {
  const inner = `${indent}  `;
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties).map(([name, field]) => {
    const optional = required.has(name) ? "" : "?";
    const word = /^\w+$/.test(name) ? name : JSON.stringify(name);
    return `${comment(field, inner)}${inner}${word}${optional}: ${typeOf(field, inner)};\n`;
  });
  return `{\n${fields.join("")}${indent}}`;
}

function comment(schema, indent) {
  if (!schema.description) return "";
  const text = schema.description.replace(/\s+/g, " ").replaceAll("*/", "");
  return `${indent}/** ${text} */\n`;
}

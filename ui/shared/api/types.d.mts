export function typesOf(openapi: unknown): string;

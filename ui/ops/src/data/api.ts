// The console's way to the server is that of all consoles.
export * from "@sesame/shared/api/client";

// Starts stripe-stateful-mock for the tests, on 127.0.0.1 alone, with a free port that it prints first.
const { createExpressApp } = require("stripe-stateful-mock");

const server = createExpressApp().listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit(0)).resume();

// A real OpenID provider for tests, on loopback: node tests/people/provider.mjs PORT BACK
// Whoever is named by `login_hint` is signed in at once; "+otp" at its end: with a second factor.
import { Provider } from "oidc-provider";

const [port, back] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: "lianxin",
    client_secret: "a secret of the test alone",
    redirect_uris: [back],
    token_endpoint_auth_method: "client_secret_post",
  }],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
  cookies: { keys: ["only for tests"] },
  claims: { openid: ["sub", "acr", "amr"] },
  conformIdTokenClaims: false,
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith("/interaction/")) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const hint = params.login_hint ?? "li-yun";
  const login = { accountId: hint.replace("+otp", ""), remember: false };
  if (hint.endsWith("+otp")) Object.assign(login, { amr: ["pwd", "otp"], acr: "loa2" });
  await provider.interactionFinished(ctx.req, ctx.res, { login });
  ctx.respond = false;
});

provider.listen(Number(port), "127.0.0.1", () => process.stdout.write("ready\n"));

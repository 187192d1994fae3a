// One request with the official SDK for Node.js: action, endpoint, secretId, secretKey, parameters as JSON.
const { trtc } = require("tencentcloud-sdk-nodejs/tencentcloud/services/trtc");

const [action, endpoint, secretId, secretKey, params] = process.argv.slice(2);
const client = new trtc.v20190722.Client({
  credential: { secretId, secretKey },
  region: "ap-singapore",
  profile: { language: "en-US", httpProfile: { protocol: "http://", endpoint } },
});
client[action](JSON.parse(params)).then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => console.log(JSON.stringify({ Error: { Code: error.code, Message: error.message } })),
);

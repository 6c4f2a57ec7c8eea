<?php
/**
 * Asks for a person with PHP's own SoapClient, and a WS-Security header made by hand with DOM and OpenSSL.
 *
 * soap_client.php WSDL KEY CERTIFICATE BUS_CERTIFICATE URI HOEDANIGHEID INSZ
 */
[, $wsdl, $key, $certificate, $busCertificate, $uri, $hoedanigheid, $insz] = $argv;

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const OASIS = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
const WSSE = OASIS . '-wssecurity-secext-1.0.xsd';
const WSU = OASIS . '-wssecurity-utility-1.0.xsd';
const X509 = OASIS . '-x509-token-profile-1.0#X509v3';
const BASE64 = OASIS . '-soap-message-security-1.0#Base64Binary';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

final class SigningClient extends SoapClient
{
    public string $key;
    public string $certificate;

    public function __doRequest($request, $location, $action, $version, $oneWay = false): ?string
    {
        return parent::__doRequest($this->sign($request), $location, $action, $version, $oneWay);
    }

    private function sign(string $request): string
    {
        $document = new DOMDocument();
        $document->loadXML($request);
        $envelope = $document->documentElement;
        $body = $envelope->getElementsByTagNameNS(SOAP, 'Body')->item(0);
        $body->setAttributeNS(WSU, 'wsu:Id', 'Body-1');
        $header = $envelope->insertBefore($document->createElementNS(SOAP, 'SOAP-ENV:Header'), $body);
        $security = $header->appendChild($document->createElementNS(WSSE, 'wsse:Security'));
        $security->setAttributeNS(SOAP, 'SOAP-ENV:mustUnderstand', '1');

        $timestamp = $security->appendChild($document->createElementNS(WSU, 'wsu:Timestamp'));
        $timestamp->setAttributeNS(WSU, 'wsu:Id', 'Timestamp-1');
        foreach (['Created' => 0, 'Expires' => 300] as $name => $seconds) {
            $moment = gmdate('Y-m-d\TH:i:s\Z', time() + $seconds);
            $timestamp->appendChild($document->createElementNS(WSU, "wsu:$name", $moment));
        }
        $token = $document->createElementNS(WSSE, 'wsse:BinarySecurityToken', der($this->certificate));
        $security->appendChild($token);
        $token->setAttributeNS(WSU, 'wsu:Id', 'Token-1');
        $token->setAttribute('ValueType', X509);
        $token->setAttribute('EncodingType', BASE64);

        $signature = $security->appendChild($document->createElementNS(DS, 'ds:Signature'));
        $info = $signature->appendChild($document->createElementNS(DS, 'ds:SignedInfo'));
        algorithm($info, 'CanonicalizationMethod', EXCLUSIVE);
        algorithm($info, 'SignatureMethod', 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256');
        foreach (['Body-1' => $body, 'Timestamp-1' => $timestamp] as $id => $part) {
            $reference = $info->appendChild($document->createElementNS(DS, 'ds:Reference'));
            $reference->setAttribute('URI', "#$id");
            $transforms = $reference->appendChild($document->createElementNS(DS, 'ds:Transforms'));
            algorithm($transforms, 'Transform', EXCLUSIVE);
            algorithm($reference, 'DigestMethod', 'http://www.w3.org/2001/04/xmlenc#sha256');
            $digest = base64_encode(hash('sha256', $part->C14N(true), true));
            $reference->appendChild($document->createElementNS(DS, 'ds:DigestValue', $digest));
        }
        openssl_sign($info->C14N(true), $value, file_get_contents($this->key), OPENSSL_ALGO_SHA256);
        $signature->appendChild($document->createElementNS(DS, 'ds:SignatureValue', base64_encode($value)));
        $keyInfo = $signature->appendChild($document->createElementNS(DS, 'ds:KeyInfo'));
        $about = $keyInfo->appendChild($document->createElementNS(WSSE, 'wsse:SecurityTokenReference'));
        $direct = $about->appendChild($document->createElementNS(WSSE, 'wsse:Reference'));
        $direct->setAttribute('URI', '#Token-1');
        $direct->setAttribute('ValueType', X509);
        return $document->saveXML();
    }
}

function algorithm(DOMElement $parent, string $name, string $uri): void
{
    $element = $parent->appendChild($parent->ownerDocument->createElementNS(DS, "ds:$name"));
    $element->setAttribute('Algorithm', $uri);
}

function der(string $file): string
{
    return preg_replace('/-----[A-Z ]+-----|\s/', '', file_get_contents($file));
}

/** Every reference fits what it names, and the signature is by that certificate. */
function verify(string $answer, string $certificate): void
{
    $document = new DOMDocument();
    $document->loadXML($answer);
    $path = new DOMXPath($document);
    foreach (['s' => SOAP, 'ds' => DS, 'wsse' => WSSE, 'wsu' => WSU] as $prefix => $namespace) {
        $path->registerNamespace($prefix, $namespace);
    }
    $signature = $path->query('/s:Envelope/s:Header/wsse:Security/ds:Signature')->item(0);
    $body = $path->query('/s:Envelope/s:Body')->item(0);
    $signed = false;
    foreach ($path->query('ds:SignedInfo/ds:Reference', $signature) as $reference) {
        $id = substr($reference->getAttribute('URI'), 1);
        $part = $path->query("//*[@wsu:Id='$id']")->item(0);
        $digest = base64_encode(hash('sha256', $part->C14N(true), true));
        $digest === $path->query('ds:DigestValue', $reference)->item(0)->textContent or exit("digest of #$id\n");
        $signed = $signed || $part->isSameNode($body);
    }
    $signed or exit("the Body is not signed\n");
    $info = $path->query('ds:SignedInfo', $signature)->item(0)->C14N(true);
    $value = base64_decode($path->query('ds:SignatureValue', $signature)->item(0)->textContent);
    openssl_verify($info, $value, file_get_contents($certificate), OPENSSL_ALGO_SHA256) === 1 or exit("signature\n");
}

$client = new SigningClient($wsdl, ['trace' => true, 'cache_wsdl' => WSDL_CACHE_NONE]);
$client->key = $key;
$client->certificate = $certificate;
$reference = sprintf('php-%s', bin2hex(random_bytes(12)));
$answer = $client->GeefPersoon(['Verzoek' => [
    'Context' => ['Naam' => 'GeefPersoon', 'Versie' => '02.02.0000', 'Bericht' => [
        'Type' => 'VRAAG',
        'Tijdstip' => ['Datum' => '2026-11-21', 'Tijd' => '10:15:00.000'],
        'Afzender' => ['Identificatie' => $uri, 'Referte' => $reference, 'Hoedanigheid' => $hoedanigheid],
    ]],
    'Vragen' => ['Vraag' => ['Referte' => $reference, 'Inhoud' => [
        'Criteria' => ['INSZ' => $insz], 'Bron' => 'RR', 'Taal' => 'nl',
    ]]],
]]);
verify($client->__getLastResponse(), $busCertificate);
$person = $answer->Repliek->Antwoorden->Antwoord->Inhoud->Persoon;
$names = $person->Naam->Achternamen->Achternaam;
echo $person->INSZ, ' ', (is_array($names) ? $names[0] : $names)->_, "\n";
